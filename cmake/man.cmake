# Puts the options of all verbs, which the program itself knows best, into the manual page.
# cmake -DPAGE=... -DPROGRAM=... -DSCDOC=... -DOUT=... -P man.cmake
execute_process(COMMAND ${PROGRAM} completion scdoc OUTPUT_VARIABLE options COMMAND_ERROR_IS_FATAL ANY)
file(READ ${PAGE} page)
string(REPLACE "@OPTIONS@\n" "${options}" page "${page}")
file(WRITE ${OUT}.scd "${page}")
execute_process(COMMAND ${SCDOC} INPUT_FILE ${OUT}.scd OUTPUT_FILE ${OUT} COMMAND_ERROR_IS_FATAL ANY)

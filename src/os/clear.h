/* Takes files away with all that is below them. */
#ifndef OS_CLEAR_H
#define OS_CLEAR_H

/* Removes `name` in the folder `parent`, whatever it is and however deep; links are not followed.
 * What is not there is no error. Who else is at work in it can keep it from ending well, which is
 * -ESTALE or another error, but cannot lead it to what lies elsewhere. Returns 0 or -errno. */
int clear_tree(int parent, const char *name);

#endif

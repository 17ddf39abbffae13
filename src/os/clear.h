/* Takes files away with all that is below them. */
#ifndef OS_CLEAR_H
#define OS_CLEAR_H

/* Removes `name` in the folder `parent`, whatever it is and however deep; links are not followed.
 * What is not there is no error. Nobody else may be at work in it. Returns 0 or -errno. */
int clear_tree(int parent, const char *name);

#endif

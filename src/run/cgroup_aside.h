/* A v2 group that a user was given often holds the shell it was given to, and a group with
 * processes cannot hand controllers to groups in it. They are moved aside, into a group beside the
 * box's, and moved back when the last box is gone. */
#ifndef RUN_CGROUP_ASIDE_H
#define RUN_CGROUP_ASIDE_H

#include <mkroot/error.h>

#include <stdbool.h>

/* Names that hold what was moved aside end like this. */
#define ASIDE_SUFFIX ".aside"

/* Moves all processes of `group` into a new group NAME.aside in it. */
int aside_move(int group, const char *name);

/* True when there is such a group. */
bool aside_exists(int group);

/* Moves them back, unless there is still a box that needs the controllers. */
void aside_restore(int group);

/* Those who make and remove folders in it come one after the other; gives up waiting after one
 * second. Returns a descriptor to close, or -1. */
int aside_lock(int group);

/* What cgroup.subtree_control of the group hands on, "+cpu +memory" with `sign`; 0 or -errno. */
int group_hand_on(int group, const char *names, char sign);

#endif

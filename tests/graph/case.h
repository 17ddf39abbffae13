/* Cases: graphs of files in few words, read from text.
 *
 *   case the first asker decides the file for everybody
 *   /prog interp needed=liba.so rpath=/d1      an object: words of object.h
 *   /d1/liba.so                                an object without anything
 *   /d2/libb.so -> /d1/liba.so                 a symbolic link
 *   /d3/libb.so == /d1/liba.so                 a hard link
 *   /d4 dir    /f text=GROUP    /p fifo        a folder, a plain file, a pipe
 *   /x loader        /y loader=musl              the loader of the case, or of another libc
 *   env LD_LIBRARY_PATH=/d1                    also LD_PRELOAD
 *   cwd /d1          where it is started [/]
 *   run /link        what is started [/prog]
 *   libc musl        whose loader: glibc [that], i386, musl
 *   ldconfig WORDS   an ld.so.cache is made, with these options
 *   noloader         there is no file where PT_INTERP points
 *   differs WHY      known not to agree
 *
 * "\s" in a word is a blank, "\n" the end of a line, "#" begins a comment. */
#ifndef GRAPH_CASE_H
#define GRAPH_CASE_H

#include "object.h"

#include <stdbool.h>
#include <stdio.h>

enum node_kind { NODE_OBJECT, NODE_LINK, NODE_HARD, NODE_DIR, NODE_TEXT, NODE_FIFO, NODE_LOADER };

struct node {
	enum node_kind kind;
	const char *path, *target; /* target: of links; the text */
	const struct word *words;
	size_t n_words;
};

struct graph {
	const char *name, *file;
	size_t line;
	VEC(struct node) nodes;
	const char *library_path, *preload; /* NULL: not set */
	const char *cwd, *run, *libc, *differs;
	VEC(const char *) ldconfig; /* its options */
	bool wants_cache, no_loader;
};

typedef VEC(struct graph) graphs;

/* Reads all cases of a text; strings live in the arena. False: `*why` and its line. */
bool graphs_parse(
	graphs *out, struct arena *a, const char *file, char *text, const char **why, size_t *line);
void graphs_free(graphs *g);

/* A case made of chance, as text; the same for the same seed. */
char *graph_random(struct arena *a, unsigned seed);

#endif

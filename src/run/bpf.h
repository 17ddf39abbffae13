/* An assembler for classic BPF (Linux' Documentation/networking/filter.rst) that writes a program
 * from its end to its start: jumps lead forward only, so where they lead is always known.
 *
 * A label is an instruction that is there already. Each function puts its instructions in front of
 * all that is there and returns the label of the first of them.
 */
#ifndef RUN_BPF_H
#define RUN_BPF_H

#include "base/vec.h"

#include <linux/filter.h>
#include <stddef.h>
#include <stdint.h>

struct bpf {
	VEC(struct sock_filter) reversed; /* the last instruction first */
	VEC(size_t) returns; /* the labels of all BPF_RET */
};

/* The program ends with `value`; shared with an earlier one where that is near. */
size_t bpf_return(struct bpf *b, uint32_t value);

/* A = the word at `offset` of the data. */
size_t bpf_load(struct bpf *b, uint32_t offset, size_t next);

/* A &= mask. */
size_t bpf_and(struct bpf *b, uint32_t mask, size_t next);

/* `test`: BPF_JEQ, BPF_JGT or BPF_JGE, of A and `k`. */
size_t bpf_jump(struct bpf *b, uint16_t test, uint32_t k, size_t yes, size_t no);

/* Turns it into what the kernel reads, in place. */
struct sock_filter *bpf_finish(struct bpf *b, size_t *ret_n);

void bpf_free(struct bpf *b);

#endif

#include "run/bpf.h"

/* A conditional jump reaches 255 instructions far, less the two that may come between. */
enum { REACH = 253 };

static size_t put(struct bpf *b, struct sock_filter code)
{
	vec_push(&b->reversed, code);
	return b->reversed.n - 1;
}

/* How many instructions one written now would skip to get there. */
static size_t distance(const struct bpf *b, size_t label)
{
	return b->reversed.n - label - 1;
}

size_t bpf_return(struct bpf *b, uint32_t value)
{
	for (size_t i = b->returns.n; i-- > 0;) {
		size_t label = b->returns.at[i];
		if (distance(b, label) > REACH)
			break;
		if (b->reversed.at[label].k == value)
			return label;
	}
	size_t label = put(b, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, value));
	vec_push(&b->returns, label);
	return label;
}

/* A jump without a condition has 32 bits for its way. */
static size_t jump_to(struct bpf *b, size_t label)
{
	return put(b, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance(b, label)));
}

/* Makes `next` what an instruction written now goes on with. */
static void go_on(struct bpf *b, size_t next)
{
	if (distance(b, next) > 0)
		jump_to(b, next);
}

size_t bpf_load(struct bpf *b, uint32_t offset, size_t next)
{
	go_on(b, next);
	return put(b, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offset));
}

size_t bpf_and(struct bpf *b, uint32_t mask, size_t next)
{
	go_on(b, next);
	return put(b, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, mask));
}

size_t bpf_jump(struct bpf *b, uint16_t test, uint32_t k, size_t yes, size_t no)
{
	if (distance(b, yes) > REACH)
		yes = jump_to(b, yes);
	if (distance(b, no) > REACH)
		no = jump_to(b, no);
	return put(b,
		(struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | BPF_K | test), k,
			(uint8_t)distance(b, yes), (uint8_t)distance(b, no)));
}

struct sock_filter *bpf_finish(struct bpf *b, size_t *ret_n)
{
	struct sock_filter *code = b->reversed.at;
	for (size_t i = 0, k = b->reversed.n; i + 1 < k--; i++) {
		struct sock_filter other = code[i];
		code[i] = code[k];
		code[k] = other;
	}
	*ret_n = b->reversed.n;
	return code;
}

void bpf_free(struct bpf *b)
{
	vec_free(&b->reversed);
	vec_free(&b->returns);
}

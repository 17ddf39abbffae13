/* Bytes between the caller's terminal and the box' pty. */
#include "run/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	LOOK_AGAIN_MS = 500, /* a shell's "fg" of a job that runs tells it nothing */
	LAST_WORDS_MS = 100, /* what was written is on its way through the kernel's work queue */
	WRITE_MAX = 256, /* what a terminal that poll(2) calls writable takes (n_tty_poll()) */
};

static void fill(struct relay_buffer *b, int fd, ssize_t *ret_got)
{
	b->at = 0;
	*ret_got = read(fd, b->bytes, RELAY_MAX);
	b->n = *ret_got > 0 ? (size_t)*ret_got : 0;
}

/* False: nobody will read it any more. */
static bool empty(struct relay_buffer *b, int fd, size_t max)
{
	ssize_t n = write(fd, b->bytes + b->at, b->n < max ? b->n : max);
	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	b->at += (size_t)n;
	b->n -= (size_t)n;
	return true;
}

/* As for a terminal that is switched off: who reads meets the end. */
static void hang_up(struct terminal *t)
{
	close(t->master);
	t->master = -1;
	t->raw = false;
}

int terminal_poll(struct terminal *t, struct pollfd p[2])
{
	short outer = 0, inner = 0;
	if (t->master >= 0) {
		/* What is typed into a terminal that is not raw, or not ours, is not for us. */
		if (t->raw && !t->typed.n)
			outer |= POLLIN;
		if (t->shown.n)
			outer |= POLLOUT;
		else
			inner |= POLLIN;
		if (t->typed.n)
			inner |= POLLOUT;
	}
	p[0] = (struct pollfd){ .fd = outer ? t->in : -1, .events = outer };
	p[1] = (struct pollfd){ .fd = inner ? t->master : -1, .events = inner };
	return t->wanted && !t->raw && t->master >= 0 ? LOOK_AGAIN_MS : -1;
}

static void relay_output(struct terminal *t, short outer, short inner)
{
	ssize_t got;
	if (!t->shown.n && inner)
		fill(&t->shown, t->master, &got);
	else if (!(outer & (POLLOUT | POLLERR | POLLHUP)))
		return;
	if (t->shown.n &&
		(t->out < 0 || !empty(&t->shown, t->out, t->own < 0 ? WRITE_MAX : t->shown.n)))
		t->shown.n = 0;
}

static void relay_input(struct terminal *t, short outer, short inner)
{
	ssize_t got = -1;
	if (t->raw && !t->typed.n && outer & (POLLIN | POLLHUP | POLLERR)) {
		fill(&t->typed, t->in, &got);
		if (got == 0 || (got < 0 && errno == EIO && outer & POLLHUP)) {
			hang_up(t);
			return;
		}
		if (got < 0 && errno == EIO)
			t->raw = false; /* we are in the background by now */
	} else if (!(inner & POLLOUT)) {
		return;
	}
	if (t->typed.n && !empty(&t->typed, t->master, t->typed.n))
		t->typed.n = 0;
}

void terminal_relay(struct terminal *t, const struct pollfd p[2])
{
	if (t->wanted && !t->raw)
		terminal_enter(t);
	if (t->master >= 0)
		relay_output(t, p[0].revents, p[1].revents);
	if (t->master >= 0)
		relay_input(t, p[0].revents, p[1].revents);
}

void terminal_end(struct terminal *t, int signals)
{
	while (t->master >= 0) {
		struct pollfd p[3] = { [2] = { .fd = signals, .events = POLLIN } };
		t->typed.n = 0;
		terminal_poll(t, p);
		p[0].events = t->shown.n ? POLLOUT : 0;
		if (!t->shown.n)
			p[0].fd = -1;
		int n = poll(p, 3, t->shown.n ? -1 : LAST_WORDS_MS);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0 || p[2].revents)
			break;
		const bool was_empty = !t->shown.n;
		relay_output(t, p[0].revents, p[1].revents);
		/* EIO: nobody is left to write. */
		if (was_empty && !t->shown.n && p[1].revents & POLLHUP)
			break;
	}
	terminal_leave(t);
	if (t->master >= 0)
		close(t->master);
	if (t->own >= 0)
		close(t->own);
	t->master = t->own = -1;
	free(t->typed.bytes);
	free(t->shown.bytes);
	t->typed.bytes = t->shown.bytes = NULL;
}

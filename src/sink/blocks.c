#include "sink/blocks.h"

#include "base/arena.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum state { STATE_FREE, STATE_WAITING, STATE_TAKEN, STATE_DONE };

struct slot {
	struct block block;
	enum state state;
	int error;
};

struct worker {
	struct blocks *blocks;
	pthread_t thread;
};

/* A ring: the caller fills slots[filling], the ones behind it are being packed. What is shared is
 * under the lock: states, taking, stop. */
struct blocks {
	struct blocks_args args;
	pthread_mutex_t lock;
	pthread_cond_t waiting, done;
	struct slot *slots; /* one more than threads */
	size_t n_slots, filling, taking;
	size_t pending; /* submitted and not out yet; the caller's alone, as filling is */
	struct worker *workers;
	size_t n_workers;
	bool stop;
	void *own; /* for the caller's thread, where none other can be had */
};

void blocks_open(struct blocks **out, const struct blocks_args *args)
{
	struct blocks *b = calloc(1, sizeof(*b));
	if (!b)
		out_of_memory();
	b->args = *args;
	b->n_slots = (size_t)args->threads + 1;
	b->slots = calloc(b->n_slots, sizeof(*b->slots));
	b->workers = calloc(args->threads, sizeof(*b->workers));
	if (!b->slots || !b->workers)
		out_of_memory();
	pthread_mutex_init(&b->lock, NULL);
	pthread_cond_init(&b->waiting, NULL);
	pthread_cond_init(&b->done, NULL);
	*out = b;
}

static int pack(const struct blocks *b, void *packer, struct slot *s)
{
	if (!s->block.out)
		s->block.out = malloc(b->args.out_max);
	if (!packer || !s->block.out)
		return -ENOMEM;
	return b->args.pack(packer, &s->block);
}

static void *work(void *ptr)
{
	struct blocks *b = ((struct worker *)ptr)->blocks;
	void *packer = b->args.open(b->args.ctx);
	pthread_mutex_lock(&b->lock);
	while (!b->stop) {
		struct slot *s = &b->slots[b->taking];
		if (s->state != STATE_WAITING) {
			pthread_cond_wait(&b->waiting, &b->lock);
			continue;
		}
		s->state = STATE_TAKEN;
		b->taking = (b->taking + 1) % b->n_slots;
		pthread_mutex_unlock(&b->lock);
		s->error = pack(b, packer, s);
		pthread_mutex_lock(&b->lock);
		s->state = STATE_DONE;
		pthread_cond_signal(&b->done);
	}
	pthread_mutex_unlock(&b->lock);
	if (packer)
		b->args.close(packer);
	return NULL;
}

/* One more thread, which takes no signal: those are for the caller's. False: there are enough, or
 * there can be no more. */
static bool add_worker(struct blocks *b)
{
	if (b->n_workers == b->args.threads)
		return false;
	struct worker *w = &b->workers[b->n_workers];
	w->blocks = b;
	sigset_t all, old;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	bool ok = pthread_create(&w->thread, NULL, work, w) == 0;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	b->n_workers += ok;
	return ok;
}

static int pack_here(struct blocks *b, struct slot *s)
{
	if (!b->own)
		b->own = b->args.open(b->args.ctx);
	return pack(b, b->own, s);
}

/* Hands over the block that is full. The last one of all, when nobody is at work yet, is not worth
 * a thread. */
static void submit(struct blocks *b, bool last)
{
	struct slot *s = &b->slots[b->filling];
	b->filling = (b->filling + 1) % b->n_slots;
	b->pending++;
	if (!(last && b->n_workers == 0))
		add_worker(b);
	if (b->n_workers == 0) {
		s->error = pack_here(b, s);
		s->state = STATE_DONE;
		b->taking = b->filling;
		return;
	}
	pthread_mutex_lock(&b->lock);
	s->state = STATE_WAITING;
	pthread_cond_signal(&b->waiting);
	pthread_mutex_unlock(&b->lock);
}

/* Lets the oldest one out. */
static int drain(struct blocks *b)
{
	struct slot *s = &b->slots[(b->filling + b->n_slots - b->pending) % b->n_slots];
	pthread_mutex_lock(&b->lock);
	while (s->state != STATE_DONE)
		pthread_cond_wait(&b->done, &b->lock);
	s->state = STATE_FREE;
	pthread_mutex_unlock(&b->lock);
	b->pending--;
	int r = s->error < 0 ? s->error : b->args.emit(b->args.ctx, &s->block);
	s->block.n = 0;
	return r;
}

int blocks_put(struct blocks *b, const void *data, size_t n)
{
	const char *p = data;
	while (n) {
		int r = b->pending == b->n_slots ? drain(b) : 0;
		if (r < 0)
			return r;
		struct slot *s = &b->slots[b->filling];
		if (!s->block.in)
			s->block.in = malloc(b->args.size);
		if (!s->block.in)
			return -ENOMEM;
		size_t room = b->args.size - s->block.n, part = n < room ? n : room;
		memcpy(s->block.in + s->block.n, p, part);
		s->block.n += part;
		p += part;
		n -= part;
		if (s->block.n == b->args.size)
			submit(b, false);
	}
	return 0;
}

int blocks_finish(struct blocks *b)
{
	if (b->pending < b->n_slots && b->slots[b->filling].block.n)
		submit(b, true);
	int r = 0;
	while (b->pending && r == 0)
		r = drain(b);
	return r;
}

void blocks_free(struct blocks *b)
{
	if (!b)
		return;
	pthread_mutex_lock(&b->lock);
	b->stop = true;
	pthread_cond_broadcast(&b->waiting);
	pthread_mutex_unlock(&b->lock);
	for (size_t i = 0; i < b->n_workers; i++)
		pthread_join(b->workers[i].thread, NULL);
	for (size_t i = 0; i < b->n_slots; i++) {
		free(b->slots[i].block.in);
		free(b->slots[i].block.out);
	}
	if (b->own)
		b->args.close(b->own);
	pthread_cond_destroy(&b->done);
	pthread_cond_destroy(&b->waiting);
	pthread_mutex_destroy(&b->lock);
	free(b->slots);
	free(b->workers);
	free(b);
}

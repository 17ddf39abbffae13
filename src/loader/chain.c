#include "loader/chain.h"

#include <string.h>

size_t chain_new_object(struct process *p, struct object o)
{
	vec_grow_((void **)&p->at, &p->cap, p->n + 1, sizeof(*p->at));
	p->at[p->n] = o;
	return p->n++;
}

void chain_add_name(struct process *p, struct name *name, size_t object)
{
	struct chain *c = chain_of(p);
	if (name->process != p->number) {
		name->process = p->number;
		name->object = object;
		name->contested = false;
		return;
	}
	if (name->object == object)
		return;
	name->contested = true;
	vec_grow_((void **)&c->claims, &c->cap_claims, c->n_claims + 1, sizeof(*c->claims));
	c->claims[c->n_claims++] = (struct claim){ name, object };
}

void chain_add_file(struct process *p, struct file *file, size_t object)
{
	file->copies = file->process == p->number ? file->copies + 1 : 1;
	file->process = p->number;
	file->object = object;
}

void chain_add_soname(struct process *p, const struct file *file, size_t object)
{
	if (file->soname && p->libc->flavour->match_soname)
		chain_add_name(p, file->soname, object);
}

static size_t find(const struct chain *c, size_t object, size_t from)
{
	for (size_t i = from; i < c->order.n; i++)
		if (c->order.at[i] == object)
			return i;
	return NO_OBJECT;
}

/* How far in front an object is. The loader and the vDSO stand behind the program from the start,
 * wherever in the search list they are. 0: in front of the program, where nothing that walks the
 * map from the program on meets it (_ns_loaded is the program for ever; such a file is loaded once
 * more when it is asked for again). */
static size_t rank(struct process *p, size_t object)
{
	const struct chain *c = chain_of(p);
	if (object == 0)
		return 1;
	if (!p->at[object].filtee && (object == p->self || p->at[object].is_vdso))
		return 2;
	size_t position = find(c, object, 0);
	if (position == NO_OBJECT)
		return 3 + p->n; /* it was made just now */
	return position < c->program ? 0 : 3 + position - c->program;
}

static bool is_seen(struct process *p, size_t object)
{
	return chain_of(p)->program == 0 || rank(p, object) > 0;
}

static void compare(struct process *p, size_t object, size_t *best, size_t *best_rank)
{
	size_t at = rank(p, object);
	if (at && (*best == NO_OBJECT || at < *best_rank)) {
		*best = object;
		*best_rank = at;
	}
}

/* Of those that go by a contested name the foremost: an auxiliary that was moved may be it now. */
static size_t foremost(struct process *p, const struct name *name)
{
	const struct chain *c = chain_of(p);
	size_t best = NO_OBJECT, best_rank = 0;
	compare(p, name->object, &best, &best_rank);
	for (size_t i = 0; i < c->n_claims; i++)
		if (c->claims[i].name == name)
			compare(p, c->claims[i].object, &best, &best_rank);
	return best;
}

size_t chain_by_name(struct process *p, const struct name *name)
{
	if (name->process != p->number)
		return NO_OBJECT;
	if (name->contested)
		return foremost(p, name);
	return is_seen(p, name->object) ? name->object : NO_OBJECT;
}

size_t chain_by_file(struct process *p, const struct file *file)
{
	bool known = file->process == p->number && is_seen(p, file->object);
	return known ? file->object : NO_OBJECT;
}

void chain_append(struct process *p, size_t object)
{
	vec_push(&chain_of(p)->order, object);
	p->at[object].listed = true;
}

static void insert(struct chain *c, size_t position, size_t object)
{
	vec_push(&c->order, 0);
	memmove(c->order.at + position + 1, c->order.at + position,
		(c->order.n - 1 - position) * sizeof(size_t));
	c->order.at[position] = object;
}

void chain_put_before(struct process *p, size_t *position, size_t object)
{
	struct chain *c = chain_of(p);
	if (!p->at[object].listed) {
		insert(c, *position, object);
	} else {
		size_t late = find(c, object, *position + 1);
		if (late == NO_OBJECT)
			return;
		memmove(c->order.at + *position + 1, c->order.at + *position,
			(late - *position) * sizeof(size_t));
		c->order.at[*position] = object;
	}
	p->at[object].listed = true;
	p->at[object].filtee = true;
	c->program += *position <= c->program;
	++*position;
}

void chain_settle_loader(struct process *p)
{
	struct chain *c = chain_of(p);
	size_t at = p->at[p->self].load.path ? find(c, p->self, 0) : NO_OBJECT;
	if (at == NO_OBJECT || at < c->program || !p->libc->flavour->match_soname)
		return;
	size_t to = at;
	while (to > c->program + 1 && !p->at[c->order.at[to - 1]].load.path &&
		!p->at[c->order.at[to - 1]].is_vdso)
		to--;
	/* The vDSO stands behind the program, wherever in the search list it is. */
	if (p->at[c->order.at[to - 1]].is_vdso && !p->at[c->order.at[to - 1]].filtee)
		to = c->program + 1;
	memmove(c->order.at + to + 1, c->order.at + to, (at - to) * sizeof(size_t));
	c->order.at[to] = p->self;
}

void chain_warn(struct process *p, const char *text)
{
	vec_push(&chain_of(p)->warnings, text);
}

void chain_free(struct process *p)
{
	struct chain *c = chain_of(p);
	vec_free(&c->order);
	vec_free(&c->alias);
	vec_free(&c->warnings);
	arena_free(c->temp);
	free(c->claims);
	free(p->at);
}

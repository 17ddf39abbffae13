#include "run/cgroup.h"

#include "base/cleanup.h"
#include "run/cgroup_file.h"
#include "run/cgroup_inner.h"
#include "run/cgroup_name.h"
#include "run/cgroup_place.h"
#include "run/cgroup_set.h"

#include <errno.h>
#include <fcntl.h>

DEFINE_CLEANUP(arena, arena_free);

struct cgroup {
	struct arena *arena;
	char name[64];
	VEC(struct place) places;
	bool holds_devices;
};

static unsigned wanted_controllers(struct arena *arena, const struct mkr_limits *l)
{
	struct settings s = { 0 };
	unsigned wanted = 0;
	if (l)
		settings_make(&s, arena, l, false, ~0U);
	for (size_t i = 0; i < s.list.n; i++)
		wanted |= 1U << s.list.at[i].controller;
	vec_free(&s.list);
	return wanted;
}

/* The first that one of them is needed for. */
static const char *option_of(struct arena *arena, const struct mkr_limits *l, unsigned controllers)
{
	struct settings s = { 0 };
	settings_make(&s, arena, l, false, controllers);
	const char *option = s.list.at[0].option;
	vec_free(&s.list);
	return option;
}

/* Makes the folder in one hierarchy, for those of `wanted` that it has. */
static int add_place(
	struct cgroup *cg, struct hierarchy h, unsigned controllers, struct mkr_error *err)
{
	struct place p;
	if (h.v2)
		h.controllers = controllers;
	int r = h.v2 ? place_make_v2(&p, cg->arena, &h, cg->name, err)
		     : place_make_v1(&p, cg->arena, &h, cg->name, err);
	if (r < 0)
		return r;
	p.controllers = controllers;
	vec_push(&cg->places, p);
	return 0;
}

static int none_left(struct arena *arena, const struct mkr_limits *l,
	const struct hierarchies *found, unsigned wanted, struct mkr_error *err)
{
	unsigned c = 0;
	while (!(wanted & (1U << c)))
		c++;
	mkr_failx(err, -ENODEV, "%s cannot be set: the cgroup controller '%s' is missing",
		option_of(arena, l, wanted),
		controller_name(c, found->list.n && found->list.at[0].v2));
	mkr_detail(err, "cause",
		found->list.n ? "no hierarchy that is mounted here has it"
			      : "no cgroup hierarchy is mounted here");
	return -ENODEV;
}

/* v1 first: where a controller is on v1, v2 is without it. */
static int add_places(struct cgroup *cg, const struct mkr_limits *l,
	const struct hierarchies *found, struct mkr_error *err)
{
	unsigned wanted = wanted_controllers(cg->arena, l);
	for (int v2 = 0; v2 < 2; v2++) {
		for (size_t i = 0; i < found->list.n; i++) {
			const struct hierarchy *h = &found->list.at[i];
			unsigned here = wanted & (v2 ? wanted : h->controllers);
			if (h->v2 != v2 || !here)
				continue;
			int r = add_place(cg, *h, here, err);
			if (r < 0)
				return mkr_wrap(
					err, r, "%s cannot be set", option_of(cg->arena, l, here));
			wanted &= ~here;
		}
	}
	return wanted ? none_left(cg->arena, l, found, wanted, err) : 0;
}

static int apply(struct arena *arena, const struct place *p, const struct mkr_limits *l, int group,
	unsigned controllers, struct mkr_error *err)
{
	struct settings s = { 0 };
	int r = 0;
	if (l)
		settings_make(&s, arena, l, p->v2, controllers);
	for (size_t i = 0; r == 0 && i < s.list.n; i++)
		r = setting_apply(&s.list.at[i], arena, group, p->path, err);
	vec_free(&s.list);
	return r;
}

static int apply_all(struct cgroup *cg, const struct mkr_limits *l, struct mkr_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < cg->places.n; i++) {
		const struct place *p = &cg->places.at[i];
		r = apply(cg->arena, p, l, p->group, p->controllers & ~inner_limits(p), err);
	}
	return r;
}

static int make_inner(struct cgroup *cg, const struct mkr_limits *l, struct mkr_error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < cg->places.n; i++) {
		struct place *p = &cg->places.at[i];
		r = inner_make(p, cg->arena, err);
		if (r == 0)
			r = apply(cg->arena, p, l, p->inner, inner_limits(p), err);
	}
	return r;
}

/* v1's list where there is one, else a program on v2. */
static int hold_devices(struct cgroup *cg, const struct hierarchies *found,
	const struct device_rules *rules, struct mkr_error *err)
{
	const struct hierarchy *best = NULL;
	for (size_t i = 0; i < found->list.n; i++) {
		const struct hierarchy *h = &found->list.at[i];
		if (h->v2 ? !best : h->controllers & (1U << CTL_DEVICES))
			best = h;
	}
	if (!best)
		return mkr_failx(err, -ENODEV, "no cgroup hierarchy can limit devices here");
	const struct place *p = NULL;
	for (size_t i = 0; best->v2 && i < cg->places.n; i++)
		if (cg->places.at[i].v2)
			p = &cg->places.at[i];
	if (!p) {
		int r = add_place(cg, *best, best->v2 ? 0 : 1U << CTL_DEVICES, err);
		if (r < 0)
			return r;
		p = &cg->places.at[cg->places.n - 1];
	}
	return p->v2 ? devices_set_v2(p->group, rules, err) : devices_set_v1(p->group, rules, err);
}

int cgroup_make(struct cgroup **out, const struct mkr_limits *limits,
	const struct device_rules *devices, bool devices_must, struct mkr_error *err)
{
	cleanup_(arena) struct arena *arena = arena_new();
	struct cgroup *cg = arena_new_of(arena, struct cgroup);
	struct hierarchies found = { 0 };
	int r = group_name(cg->name, sizeof(cg->name));
	if (r < 0)
		return mkr_fail(err, r, "cannot tell the launcher's start from '/proc/self/stat'");
	cg->arena = arena;
	r = hierarchies_find(&found, arena, err);
	if (r == 0)
		r = add_places(cg, limits, &found, err);
	if (r == 0)
		r = apply_all(cg, limits, err);
	if (r == 0 && devices) {
		struct mkr_error unsaid;
		r = hold_devices(cg, &found, devices, devices_must ? err : &unsaid);
		cg->holds_devices = r == 0;
		if (!devices_must)
			r = 0;
	}
	if (r == 0)
		r = make_inner(cg, limits, err);
	vec_free(&found.list);
	steal_ptr(&arena); /* cg's, which is in it */
	if (r < 0) {
		cgroup_free(cg);
		return r;
	}
	*out = cg;
	return 0;
}

bool cgroup_holds_devices(const struct cgroup *cg)
{
	return cg && cg->holds_devices;
}

int cgroup_v2_folder(const struct cgroup *cg)
{
	for (size_t i = 0; cg && i < cg->places.n; i++)
		if (cg->places.at[i].v2)
			return cg->places.at[i].inner;
	return -1;
}

int cgroup_join(const struct cgroup *cg, bool into_v2, struct mkr_error *err)
{
	for (size_t i = 0; i < cg->places.n; i++) {
		const struct place *p = &cg->places.at[i];
		if ((!p->v2 || !into_v2) && write(p->procs, "0", 1) < 0)
			return mkr_fail(err, -errno, "cannot enter the cgroup '%s'", p->path);
	}
	return 0;
}

/* "oom_kill N" in a file of "name value" lines. v1 counts them where they were, v2 also in the
 * groups above (memcg_memory_event() in mm/memcontrol.c). */
static unsigned killed(const struct place *p, struct arena *arena)
{
	const char *text;
	struct str line, word, number;
	int64_t n = 0;
	const char *file = p->v2 ? "memory.events" : "memory.oom_control";
	if (read_text(&text, arena, p->v2 ? p->group : p->inner, file) < 0)
		return 0;
	struct str rest = str_from(text);
	while (str_split(&rest, "\n", &line)) {
		number = line;
		if (str_split(&number, " ", &word) && str_eq(word, STR("oom_kill")) && number.p)
			n = strtoll(number.p, NULL, 10);
	}
	return (unsigned)n;
}

unsigned cgroup_oom_kills(const struct cgroup *cg)
{
	for (size_t i = 0; cg && i < cg->places.n; i++)
		if (cg->places.at[i].controllers & (1U << CTL_MEMORY))
			return killed(&cg->places.at[i], cg->arena);
	return 0;
}

void cgroup_free(struct cgroup *cg)
{
	if (!cg)
		return;
	for (size_t i = cg->places.n; i-- > 0;)
		place_remove(&cg->places.at[i]);
	vec_free(&cg->places);
	arena_free(cg->arena);
}

#include "run/limit_value.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Takes digits off the front. False when there are none, or too many. */
static bool take_digits(struct str *text, int64_t *ret)
{
	int64_t n = 0;
	size_t i = 0;
	for (; i < text->n && is_digit(text->p[i]); i++)
		if (__builtin_mul_overflow(n, 10, &n) ||
			__builtin_add_overflow(n, text->p[i] - '0', &n))
			return false;
	*text = str_skip(*text, i);
	*ret = n;
	return i > 0;
}

/* Takes ".DIGITS" off the front, as thousandths of a thousandth: more is cut off. */
static bool take_fraction(struct str *text, int64_t *ret_millionths)
{
	int64_t n = 0, weight = 100000;
	*ret_millionths = 0;
	if (!text->n || text->p[0] != '.')
		return true;
	size_t i = 1;
	for (; i < text->n && is_digit(text->p[i]); i++, weight /= 10)
		n += weight * (text->p[i] - '0');
	*text = str_skip(*text, i);
	*ret_millionths = n;
	return i > 1;
}

static bool take_unit(struct str *text, int *ret_shift)
{
	static const char units[] = "kmgtp";
	*ret_shift = 0;
	if (text->n > 1 && text->p[0] == ' ')
		*text = str_skip(*text, 1);
	const char *unit = text->n ? strchr(units, lower(text->p[0])) : NULL;
	if (unit && *unit) {
		*ret_shift = 10 * (int)(unit - units + 1);
		*text = str_skip(*text, 1);
		if (text->n == 2 && lower(text->p[0]) == 'i')
			*text = str_skip(*text, 1);
	}
	if (text->n == 1 && lower(text->p[0]) == 'b')
		*text = str_skip(*text, 1);
	return text->n == 0;
}

bool value_bytes(struct str text, int64_t *ret)
{
	int64_t whole, part, bytes;
	int shift;
	if (!take_digits(&text, &whole) || !take_fraction(&text, &part) ||
		!take_unit(&text, &shift) ||
		__builtin_mul_overflow(whole, (int64_t)1 << shift, &bytes))
		return false;
	/* unit * part / 1000000, where the product would not fit. */
	int64_t unit = (int64_t)1 << shift;
	int64_t fraction = unit / 1000000 * part + unit % 1000000 * part / 1000000;
	return !__builtin_add_overflow(bytes, fraction, ret);
}

bool value_number(struct str text, int64_t least, int64_t *ret)
{
	int64_t n;
	bool negative = text.n && text.p[0] == '-';
	if (negative)
		text = str_skip(text, 1);
	if (!take_digits(&text, &n) || text.n)
		return false;
	if (negative)
		n = -n;
	if (n < least)
		return false;
	*ret = n;
	return true;
}

bool value_cpus(struct str text, int64_t *ret_quota)
{
	int64_t whole = 0, part;
	if (text.n && text.p[0] != '.' && !take_digits(&text, &whole))
		return false;
	/* The kernel's least quota is 1 ms (min_cfs_quota_period in kernel/sched/core.c). */
	if (!take_fraction(&text, &part) || text.n || whole > CPUS_MAX)
		return false;
	int64_t quota = whole * 100000 + part / 10;
	if (quota < 1000)
		return false;
	*ret_quota = quota;
	return true;
}

static bool add_range(struct cpu_set *set, struct str range)
{
	int64_t first, last;
	if (!take_digits(&range, &first))
		return false;
	last = first;
	if (range.n && range.p[0] == '-') {
		range = str_skip(range, 1);
		if (!take_digits(&range, &last))
			return false;
	}
	if (range.n || first > last || last >= CPUS_MAX)
		return false;
	for (int64_t cpu = first; cpu <= last; cpu++)
		set->bits[cpu / 64] |= (uint64_t)1 << (cpu % 64);
	return true;
}

bool value_cpu_list(struct str text, struct cpu_set *ret)
{
	struct str range;
	*ret = (struct cpu_set){ 0 };
	while (str_split(&text, ",", &range))
		if (!add_range(ret, range))
			return false;
	return true;
}

bool cpu_set_eq(const struct cpu_set *a, const struct cpu_set *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

bool value_device_rate(struct str text, struct str *ret_device, struct str *ret_rate)
{
	size_t i = text.n;
	while (i && text.p[i - 1] != ':')
		i--;
	if (i < 2 || i == text.n || text.p[0] != '/')
		return false;
	*ret_device = (struct str){ text.p, i - 1 };
	*ret_rate = str_skip(text, i);
	return true;
}

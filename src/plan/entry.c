#include <mkroot/plan.h>

#include <string.h>

size_t mkr_entry_index(const struct mkr_entry *entries, size_t n, const char *path, size_t length)
{
	size_t low = 0, high = n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = strncmp(entries[mid].path, path, length);
		if (c == 0 && entries[mid].path[length] == '\0')
			return mid;
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return n;
}

size_t mkr_entry_first(const struct mkr_entry *entries, size_t n, size_t i)
{
	const char *target = entries[i].target;
	if (!mkr_entry_is_hard_link(&entries[i]))
		return i;
	return mkr_entry_index(entries, n, target, strlen(target));
}

const struct mkr_entry *mkr_entry_find(const struct mkr_entry *entries, size_t n, const char *path)
{
	size_t i = mkr_entry_index(entries, n, path, strlen(path));
	return i < n ? &entries[i] : NULL;
}

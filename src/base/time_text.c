#include "base/time_text.h"

#include <time.h>

static const int64_t last_second = INT64_C(253402300799);

void time_text(char text[TIME_TEXT], int64_t seconds)
{
	struct tm tm;
	time_t t = seconds < 0 ? 0 : seconds > last_second ? last_second : seconds;
	gmtime_r(&t, &tm);
	if (strftime(text, TIME_TEXT, "%Y-%m-%dT%H:%M:%SZ", &tm) == 0)
		text[0] = '\0';
}

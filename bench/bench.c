/* Runs commands in turn and prints how many times the first one's time the others take.
 * usage: bench ROUNDS BEFORE TITLE  LABEL COMMAND  [LABEL COMMAND]...
 *
 * A command is split at blanks and executed without a shell, whose start would cost more than what
 * is measured; one that begins with "! " is given to sh -c. Its output goes nowhere. BEFORE ("":
 * none) is given to sh -c before each run, outside the clock. Rounds are interleaved, each in an
 * order of its own, the first is not counted: so a machine that is busy for a while is busy for
 * all, and what one command leaves the kernel to do is not always the same one's burden. A ratio is
 * the median of the rounds' ratios. Times themselves are not printed: they tell of the machine;
 * memory does not. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_PEERS = 16, MAX_WORDS = 4096 };

struct peer {
	const char *label;
	char *words[MAX_WORDS + 1];
	double *wall, *cpu; /* by round */
	int status; /* of the last run that failed */
	long peak; /* KiB, of the biggest process of all rounds */
};

static void die(const char *what)
{
	perror(what);
	exit(2);
}

static void split(struct peer *p, const char *command)
{
	char *copy = strdup(command);
	if (!copy)
		die("strdup");
	size_t n = 0;
	if (strncmp(copy, "! ", 2) == 0) {
		static char sh[] = "/bin/sh", c[] = "-c";
		p->words[n++] = sh;
		p->words[n++] = c;
		p->words[n++] = copy + 2;
	} else {
		for (char *w = strtok(copy, " \t\n"); w && n < MAX_WORDS; w = strtok(NULL, " \t\n"))
			p->words[n++] = w;
	}
	p->words[n] = NULL;
}

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

static int run(char *const *words, double *wall, double *cpu, long *peak)
{
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	pid_t pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		int null = open("/dev/null", O_RDWR);
		if (dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0)
			_exit(126);
		execvp(words[0], words);
		_exit(127);
	}
	int status;
	struct rusage usage;
	while (wait4(pid, &status, 0, &usage) < 0)
		if (errno != EINTR)
			die("wait4");
	clock_gettime(CLOCK_MONOTONIC, &b);
	*wall = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	*cpu = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	if (usage.ru_maxrss > *peak)
		*peak = usage.ru_maxrss;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* The median of top[i] / below[i]. */
static double ratio(const double *top, const double *below, int n)
{
	double *r = malloc((size_t)n * sizeof(*r));
	if (!r)
		die("malloc");
	for (int i = 0; i < n; i++)
		r[i] = below[i] > 0 ? top[i] / below[i] : 0;
	qsort(r, (size_t)n, sizeof(*r), by_value);
	double median = n % 2 ? r[n / 2] : (r[n / 2 - 1] + r[n / 2]) / 2;
	free(r);
	return median;
}

static void shuffle(int *order, int n)
{
	for (int i = n - 1; i > 0; i--) {
		int k = (int)(random() % (i + 1)), other = order[i];
		order[i] = order[k];
		order[k] = other;
	}
}

int main(int argc, char **argv)
{
	if (argc < 6 || argc % 2) {
		fputs("usage: bench ROUNDS BEFORE TITLE LABEL COMMAND [LABEL COMMAND]...\n",
			stderr);
		return 2;
	}
	int rounds = atoi(argv[1]), n = (argc - 4) / 2;
	static struct peer peers[MAX_PEERS];
	if (rounds < 1 || n > MAX_PEERS)
		return 2;
	for (int i = 0; i < n; i++) {
		peers[i].label = argv[4 + 2 * i];
		split(&peers[i], argv[5 + 2 * i]);
		peers[i].wall = calloc((size_t)rounds, sizeof(double));
		peers[i].cpu = calloc((size_t)rounds, sizeof(double));
		if (!peers[i].wall || !peers[i].cpu)
			die("calloc");
	}
	int order[MAX_PEERS];
	for (int i = 0; i < n; i++)
		order[i] = i;
	for (int round = -1; round < rounds; round++) {
		shuffle(order, n);
		for (int k = 0; k < n; k++) {
			struct peer *p = &peers[order[k]];
			if (*argv[2] && system(argv[2]) != 0) {
				fprintf(stderr, "bench: this failed: %s\n", argv[2]);
				return 2;
			}
			double wall, cpu;
			int status = run(p->words, &wall, &cpu, &p->peak);
			if (status != 0)
				p->status = status;
			if (round < 0)
				continue;
			p->wall[round] = wall;
			p->cpu[round] = cpu;
		}
	}
	printf("%s\n", argv[3]);
	for (int i = 0; i < n; i++) {
		printf("  %-24s", peers[i].label);
		if (peers[i].status)
			printf("  fails, status %d\n", peers[i].status);
		else
			printf("  wall x %6.2f   cpu x %6.2f   peak %6.1f MiB\n",
				ratio(peers[i].wall, peers[0].wall, rounds),
				ratio(peers[i].cpu, peers[0].cpu, rounds),
				(double)peers[i].peak / 1024);
	}
	return peers[0].status != 0;
}

/* Plain computation in M-mode: sieve, CRC, modular matrices, recursion, sorting, 128-bit products. */

static unsigned char composite[2000];
static unsigned random_state = 12345;

static unsigned next_random(void)
{
    random_state = random_state * 1664525u + 1013904223u;
    return random_state;
}

static int count_primes(int limit)
{
    int count = 0;
    for (int i = 2; i < limit; i++) {
        if (composite[i])
            continue;
        count++;
        for (int j = 2 * i; j < limit; j += i)
            composite[j] = 1;
    }
    return count;
}

static unsigned crc32(const char *text)
{
    unsigned crc = ~0u;
    while (*text) {
        crc ^= (unsigned char)*text++;
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xEDB88320u : 0);
    }
    return ~crc;
}

/* The n-th Fibonacci number modulo m, by powers of a matrix. */
static unsigned long fibonacci(unsigned n, unsigned long m)
{
    unsigned long a = 0, b = 1;
    for (int bit = 31; bit >= 0; bit--) {
        unsigned long c = a * ((2 * b + m - a) % m) % m, d = (a * a + b * b) % m;
        a = c;
        b = d;
        if (n >> bit & 1) {
            a = d;
            b = (c + d) % m;
        }
    }
    return a;
}

static int ackermann(int m, int n)
{
    if (m == 0)
        return n + 1;
    return n == 0 ? ackermann(m - 1, 1) : ackermann(m - 1, ackermann(m, n - 1));
}

static void sort(int *values, int count)
{
    if (count < 2)
        return;
    int pivot = values[count / 2], i = 0, j = count - 1;
    while (i <= j) {
        while (values[i] < pivot)
            i++;
        while (values[j] > pivot)
            j--;
        if (i <= j) {
            int held = values[i];
            values[i++] = values[j];
            values[j--] = held;
        }
    }
    sort(values, j + 1);
    sort(values + i, count - i);
}

static int sorted_right(void)
{
    static int values[200];
    long sum = 0, after = 0;
    for (int i = 0; i < 200; i++)
        sum += values[i] = (int)next_random();
    sort(values, 200);
    for (int i = 0; i < 200; i++) {
        after += values[i];
        if (i && values[i - 1] > values[i])
            return 0;
    }
    return sum == after;
}

int c_main(void)
{
    if (count_primes(2000) != 303)
        return 1;
    if (crc32("123456789") != 0xCBF43926u)
        return 2;
    if (fibonacci(1000000, 1000000007) != 918091266)
        return 3;
    if (ackermann(2, 5) != 13)
        return 4;
    if (!sorted_right())
        return 5;
    unsigned __int128 product = (unsigned __int128)0xFEDCBA9876543210u * 0x0123456789ABCDEFu;
    if ((unsigned long)(product >> 64) != 0x0121FA00AD77D742u || (unsigned long)product != 0x2236D88FE5618CF0u)
        return 6;
    return 0;
}

/* Work of everyday kinds, checked as it goes: random numbers, CRC-32, Shell sort, division. Some 500,000 instructions a
   round; c_main returns 0, or the number of what went wrong. */
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

enum { WORDS = 1024, POLYNOMIAL = 0xedb88320 };

static u32 table[256], words[WORDS];
static u64 state = 0x123456789abcdefUL;

static u64 draw(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static void fill_table(void)
{
    for (u32 i = 0; i < 256; i++) {
        u32 c = i;
        for (int bit = 0; bit < 8; bit++)
            c = c & 1 ? POLYNOMIAL ^ c >> 1 : c >> 1;
        table[i] = c;
    }
}

static u32 crc32(const void *data, u64 size)
{
    u32 c = ~0u;
    for (const u8 *p = data; size--; p++)
        c = table[(c ^ *p) & 255] ^ c >> 8;
    return ~c;
}

static void sort(u32 *a, int count)
{
    for (int gap = count / 2; gap; gap /= 2)
        for (int i = gap; i < count; i++) {
            u32 value = a[i];
            int j = i;
            for (; j >= gap && a[j - gap] > value; j -= gap)
                a[j] = a[j - gap];
            a[j] = value;
        }
}

int c_main(void)
{
    fill_table();
    if (crc32("123456789", 9) != 0xcbf43926)
        return 1;
    for (int round = 0; round < ROUNDS; round++) {
        u64 sum = 0;
        for (int i = 0; i < WORDS; i++)
            sum += words[i] = draw();
        u32 before = crc32(words, sizeof words);
        sort(words, WORDS);
        for (int i = 0; i < WORDS; i++)
            sum -= words[i];
        if (sum)
            return 2;
        for (int i = 1; i < WORDS; i++)
            if (words[i - 1] > words[i])
                return 3;
        if (crc32(words, sizeof words) == before)
            return 4;
        for (u64 i = 1; i < WORDS; i++) {
            u64 n = draw(), divisor = draw() >> (i & 63) | 1;
            if (n / divisor * divisor + n % divisor != n)
                return 5;
        }
    }
    return 0;
}

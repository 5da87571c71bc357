/* Pointers and memory: a list reversed in place, a hash table, a heap, byte copies of every alignment. */

typedef unsigned long word;

struct node {
    struct node *next;
    short value;
    char tag;
};

static struct node nodes[64];
static struct { word key, value; } table[128];
static unsigned heap[100];
static unsigned char from[24], to[24];

static int list(void)
{
    struct node *head = 0, *reversed = 0;
    for (int i = 0; i < 64; i++) {
        nodes[i] = (struct node){head, (short)(i * 1000), (char)-i};
        head = &nodes[i];
    }
    while (head) {
        struct node *next = head->next;
        head->next = reversed;
        reversed = head;
        head = next;
    }
    int i = 0;
    for (struct node *n = reversed; n; n = n->next, i++)
        if (n->value != (short)(i * 1000) || n->tag != (char)-i)
            return 0;
    return i == 64;
}

static word *slot(word key)
{
    word at = key * 0x9E3779B97F4A7C15u >> 57;
    while (table[at].key && table[at].key != key)
        at = (at + 1) % 128;
    table[at].key = key;
    return &table[at].value;
}

static int hash_table(void)
{
    for (word round = 0; round < 3; round++)
        for (word key = 1; key <= 100; key++)
            *slot(key * 7919) += key + round;
    for (word key = 1; key <= 100; key++)
        if (*slot(key * 7919) != 3 * key + 3)
            return 0;
    return 1;
}

static void sift_down(unsigned at, unsigned size)
{
    for (unsigned child; (child = 2 * at + 1) < size; at = child) {
        if (child + 1 < size && heap[child + 1] > heap[child])
            child++;
        if (heap[at] >= heap[child])
            return;
        unsigned held = heap[at];
        heap[at] = heap[child];
        heap[child] = held;
    }
}

static int heap_sort(void)
{
    for (unsigned i = 0; i < 100; i++)
        heap[i] = i * 37 % 101;
    for (unsigned i = 50; i-- > 0;)
        sift_down(i, 100);
    for (unsigned size = 99; size > 0; size--) {
        unsigned held = heap[0];
        heap[0] = heap[size];
        heap[size] = held;
        sift_down(0, size);
    }
    for (unsigned i = 1; i < 100; i++)
        if (heap[i - 1] > heap[i])
            return 0;
    return heap[0] == 0 && heap[99] == 100;
}

static int copies(void)
{
    for (unsigned i = 0; i < 24; i++)
        from[i] = (unsigned char)(i * 5 + 1);
    for (unsigned start = 0; start < 3; start++)
        for (unsigned length = 0; length < 9; length++) {
            for (unsigned i = 0; i < 24; i++)
                to[i] = 0xEE;
            for (volatile unsigned i = 0; i < length; i++)
                to[start + i] = from[3 + i];
            for (unsigned i = 0; i < 24; i++) {
                int inside = i >= start && i < start + length;
                if (to[i] != (inside ? from[3 + i - start] : 0xEE))
                    return 0;
            }
        }
    return 1;
}

int c_main(void)
{
    if (!list())
        return 1;
    if (!hash_table())
        return 2;
    if (!heap_sort())
        return 3;
    if (!copies())
        return 4;
    return 0;
}

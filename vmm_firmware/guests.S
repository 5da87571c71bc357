/* The guests in this image. guests.inc is written by the build: one line `guest NAME` for each. */
    .macro guest name
    .section .rodata.guests, "a"
    .balign 8
1:  .incbin "\name\().bin"
2:  .balign 8
3:  .asciz "\name"
    .section .guest_images, "a"
    .balign 8
    .dword  3b, 1b, 2b
    .endm

#include "guests.inc"

/* The guests in this image. guests.inc is written by the build: one line `image NAME` for each that is different, and one line
   `guest NAME` for each machine. Machines with the same name share the image. */
    .macro image name
    .section .rodata.guests, "a"
    .balign 8
image_\name:
    .incbin "\name\().bin"
end_\name:
    .balign 8
name_\name:
    .asciz  "\name"
    .endm

    .macro guest name
    .section .guest_images, "a"
    .balign 8
    .dword  name_\name, image_\name, end_\name
    .endm

#include "guests.inc"

/* machine.c and sim/vmm/guest_tree.py. */
    .section .rodata.tree, "a"
    .globl  tree_start, tree_size
    .balign 8
tree_size:
    .dword  tree_end - tree_start
tree_start:
    .incbin "guest.dtb"
tree_end:

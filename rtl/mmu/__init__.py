"""Address translation: TLBs, page-table walker, and the unit that joins them."""

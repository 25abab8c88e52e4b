"""What pages share: self-contained HTML files that ask nothing of the net, with one look."""

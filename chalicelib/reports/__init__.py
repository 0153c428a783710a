"""What merchants look at: figures of an export, and the page that shows them."""

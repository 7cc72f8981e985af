"""Settings: what theorems speak of. A folder each: vocabulary, random and exact instances, both engines."""

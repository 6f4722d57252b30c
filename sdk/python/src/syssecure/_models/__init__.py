"""The results, by resource. `syssecure.types` has them all."""

/** Helpers for tests of programs that use SysSecure. */
package me.syssecure.testing;

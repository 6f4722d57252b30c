/**
 * The client of SysSecure: one-time passwords and messages from a server of your own. Begin with
 * {@link me.syssecure.SysSecure#builder()}.
 */
package me.syssecure;

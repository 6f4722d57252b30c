/** The client of SysSecure. It needs nothing but the platform. */
module me.syssecure {
    requires transitive java.net.http;

    exports me.syssecure;
    exports me.syssecure.testing;
}

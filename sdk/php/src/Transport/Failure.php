<?php

declare(strict_types=1);

namespace SysSecure\Transport;

/** Why there is no whole answer. */
enum Failure
{
    /** The connection was refused, reset or broken off, or the host's name is unknown. */
    case Connection;

    /** The connection or the answer took too long. */
    case Timeout;

    /** The server's certificate is not trusted, or the client's TLS settings are wrong. It is not retried. */
    case Certificate;
}

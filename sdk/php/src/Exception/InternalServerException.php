<?php

declare(strict_types=1);

namespace SysSecure\Exception;

/** 500 or above: the server failed, or is not ready. */
final class InternalServerException extends APIStatusException
{
}

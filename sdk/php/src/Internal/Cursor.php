<?php

declare(strict_types=1);

namespace SysSecure\Internal;

use SysSecure\Exception\SysSecureException;
use SysSecure\Page;

/**
 * How to go on from one page to the next.
 *
 * @internal
 */
final readonly class Cursor
{
    /**
     * @param bool $isEndless whether the list has a cursor on every page, and ends with a page without rows
     * @param string|null $current the cursor of this page
     * @param \Closure(string): Page<*> $next gets the page of a cursor
     * @param \Closure(): SysSecureException $repeated the error when a cursor comes back
     */
    public function __construct(
        public bool $isEndless,
        public ?string $current,
        public \Closure $next,
        public \Closure $repeated,
    ) {
    }
}

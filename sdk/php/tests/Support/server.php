<?php

declare(strict_types=1);

// A server for tests. It reads a serialized list of steps, prints its port, and then for each request a line of JSON:
// {connection, head, body}. For the n-th request it does the n-th step: sends it, or closes the connection if it is
// "close". After the last step it closes all connections.
$steps = unserialize(stream_get_contents(STDIN), ['allowed_classes' => false]);
$server = stream_socket_server('tcp://127.0.0.1:0');
$clients = [];
$opened = 0;
echo substr(strrchr(stream_socket_get_name($server, false), ':'), 1), "\n";

while ($steps !== []) {
    $readable = [...$clients, 'new' => $server];
    $none = null;
    stream_select($readable, $none, $none, null);

    foreach ($readable as $name => $stream) {
        if ($name === 'new') {
            $clients['c' . ++$opened] = stream_socket_accept($server);
            continue;
        }
        $head = stream_get_line($stream, 65_536, "\r\n\r\n");

        if ($head === false || $head === '') {
            unset($clients[$name]);
            continue;
        }
        $length = preg_match('/^content-length: *(\d+)/mi', $head, $match) === 1 ? (int) $match[1] : 0;
        $body = $length > 0 ? stream_get_contents($stream, $length) : '';
        echo json_encode(['connection' => (int) substr($name, 1), 'head' => $head, 'body' => $body]), "\n";
        $step = array_shift($steps);

        if ($step === 'close') {
            fclose($stream);
            unset($clients[$name]);
        } else {
            fwrite($stream, $step);
        }
    }
}

<?php
// Checks a webhook of Podpis. PHP 7.1 or newer.

const TOLERANCE = 300; // seconds

/** $headers by lower-case name; $body: file_get_contents('php://input'), before any parsing. */
function is_genuine(string $secret, array $headers, string $body, ?int $now = null): bool
{
    $timestamp = $headers['podpis-timestamp'] ?? '';
    if (!ctype_digit($timestamp) || abs(($now ?? time()) - (int) $timestamp) > TOLERANCE) {
        return false;
    }
    $expected = 'v1=' . hash_hmac('sha256', $timestamp . '.' . $body, $secret);
    foreach (explode(',', $headers['podpis-signature'] ?? '') as $one) {
        if (hash_equals($expected, trim($one))) {
            return true;
        }
    }
    return false;
}

// One JSON object a line on standard input: secret, timestamp, body, signature, now. Prints true or false for each.
if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    while (($line = fgets(STDIN)) !== false) {
        $case = json_decode($line, true);
        $headers = ['podpis-timestamp' => (string) $case['timestamp'], 'podpis-signature' => $case['signature']];
        echo is_genuine($case['secret'], $headers, $case['body'], $case['now']) ? "true\n" : "false\n";
    }
}

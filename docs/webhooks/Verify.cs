// Checks a webhook of Podpis. .NET 6 or newer.
using System;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

public static class PodpisWebhook
{
    private const long Tolerance = 300; // seconds

    /// <param name="headers">By lower-case name.</param>
    /// <param name="body">The bytes as they came, before any parsing.</param>
    public static bool IsGenuine(
        string secret, IReadOnlyDictionary<string, string> headers, byte[] body, long? now = null)
    {
        if (!headers.TryGetValue("podpis-timestamp", out var timestamp) || !long.TryParse(timestamp, out var at))
            return false;
        if (Math.Abs((now ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds()) - at) > Tolerance)
            return false;
        if (!headers.TryGetValue("podpis-signature", out var signature))
            return false;
        using var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret));
        var hash = hmac.ComputeHash(Encoding.UTF8.GetBytes(timestamp + ".").Concat(body).ToArray());
        var expected = Encoding.ASCII.GetBytes("v1=" + BitConverter.ToString(hash).Replace("-", "").ToLowerInvariant());
        return signature.Split(',').Any(
            one => CryptographicOperations.FixedTimeEquals(expected, Encoding.UTF8.GetBytes(one.Trim())));
    }
}

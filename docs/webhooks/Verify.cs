// Checks a webhook of Podpis. .NET Framework 4.6, Mono, .NET 6 or newer.
using System;
using System.Collections.Generic;
using System.Globalization;
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
        string timestamp, signature;
        long at;
        if (!headers.TryGetValue("podpis-timestamp", out timestamp)
            || !long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out at))
            return false;
        if (Math.Abs((now ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds()) - at) > Tolerance)
            return false;
        if (!headers.TryGetValue("podpis-signature", out signature))
            return false;
        byte[] hash;
        using (var hmac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
            hash = hmac.ComputeHash(Encoding.UTF8.GetBytes(timestamp + ".").Concat(body).ToArray());
        var expected = "v1=" + BitConverter.ToString(hash).Replace("-", "").ToLowerInvariant();
        return signature.Split(',').Any(one => Same(expected, one.Trim()));
    }

    /// Takes as long wherever the difference is. Where there is CryptographicOperations.FixedTimeEquals, take that.
    private static bool Same(string expected, string given)
    {
        var difference = expected.Length ^ given.Length;
        for (var i = 0; i < expected.Length && i < given.Length; i++)
            difference |= expected[i] ^ given[i];
        return difference == 0;
    }
}

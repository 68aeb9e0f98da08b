// The page that stands in for /account without network: tries again when asked, and when the network is back.
document.getElementById("retry").onclick = () => location.reload();
addEventListener("online", () => location.reload());

//! Host side of the interfaces in `wit/`.

#![expect(missing_docs, reason = "generated from the WIT files, which carry the documentation")]

wasmtime::component::bindgen!({
    path: "wit",
    world: "podpis:runner/host",
    imports: { default: async | trappable },
    with: { "spin:sqlite/sqlite.connection": crate::host_sqlite::Connection },
});

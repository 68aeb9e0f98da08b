//! Host side of the interfaces in `wit/`.

wasmtime::component::bindgen!({
    path: "wit",
    world: "podpis:runner/host",
    imports: { default: async | trappable },
    with: { "spin:sqlite/sqlite.connection": crate::host_sqlite::Connection },
});

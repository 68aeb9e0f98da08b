//! `spin:variables`: a component reads the variables mapped in its own table
//! of the manifest, and no others.

use wasmtime::component::Accessor;

use crate::bindings::spin::variables::variables::{Error, Host, HostWithStore};
use crate::instance::{InstanceData, Own};
use crate::template;

impl Host for InstanceData {}

impl HostWithStore<InstanceData> for Own {
    async fn get(
        store: &Accessor<InstanceData, Self>,
        name: String,
    ) -> wasmtime::Result<Result<String, Error>> {
        if let Err(error) = template::check_name(&name) {
            return Ok(Err(Error::InvalidName(error.to_string())));
        }
        Ok(store.with(|mut access| {
            let component = &access.get().component;
            let value = component.variables.get(&name).map(str::to_owned);
            value.ok_or_else(|| {
                Error::Undefined(format!("no variable for \"{}\".\"{name}\"", component.id))
            })
        }))
    }
}

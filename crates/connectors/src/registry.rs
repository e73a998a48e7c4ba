//! The connectors that are configured, by platform.

use std::sync::Arc;

use domain::Platform;

use crate::Connector;

/// The one place that knows which connector serves which platform.
#[derive(Clone, Default)]
pub struct Registry {
    connectors: Vec<Arc<dyn Connector>>,
}

impl Registry {
    /// A registry of these connectors; a later one of the same platform replaces an earlier one.
    #[must_use]
    pub fn new(connectors: impl IntoIterator<Item = Arc<dyn Connector>>) -> Self {
        let mut registry = Self::default();
        for connector in connectors {
            registry
                .connectors
                .retain(|known| known.platform() != connector.platform());
            registry.connectors.push(connector);
        }
        registry
    }

    /// The connector of a platform, if one is configured.
    #[must_use]
    pub fn get(&self, platform: Platform) -> Option<Arc<dyn Connector>> {
        self.connectors
            .iter()
            .find(|connector| connector.platform() == platform)
            .cloned()
    }

    /// The platforms that can be connected here.
    #[must_use]
    pub fn platforms(&self) -> Vec<Platform> {
        self.connectors
            .iter()
            .map(|connector| connector.platform())
            .collect()
    }
}

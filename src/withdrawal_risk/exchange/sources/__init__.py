"""One file a source, found by being here; `withdrawal_risk.exchange.registry` lists them."""

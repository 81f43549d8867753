CREATE TABLE prodflow_commands (
    id TEXT COLLATE "C" NOT NULL,
    entries TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);
CREATE TABLE prodflow_cycles (
    order_type TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    data TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (order_type, version)
);
CREATE TABLE prodflow_history (
    order_id TEXT COLLATE "C" NOT NULL,
    sequence INTEGER NOT NULL,
    data TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (order_id, sequence)
);
CREATE TABLE prodflow_orders (
    id TEXT COLLATE "C" NOT NULL,
    version INTEGER NOT NULL,
    visit INTEGER NOT NULL,
    order_type TEXT COLLATE "C" NOT NULL,
    cycle_version INTEGER NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    is_open BOOLEAN NOT NULL,
    due TEXT COLLATE "C" NOT NULL,
    delivery_on TEXT COLLATE "C",
    workflow_stage TEXT COLLATE "C",
    department TEXT COLLATE "C",
    assignee TEXT COLLATE "C",
    vendor TEXT COLLATE "C",
    invoice_id TEXT COLLATE "C",
    data TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (id)
);
CREATE INDEX prodflow_orders_by_assignee ON prodflow_orders (assignee, due, id);
CREATE INDEX prodflow_orders_by_department ON prodflow_orders (department, due, id);
CREATE INDEX prodflow_orders_by_due ON prodflow_orders (due, id);
CREATE INDEX prodflow_orders_by_invoice ON prodflow_orders (invoice_id, due, id);
CREATE INDEX prodflow_orders_by_status ON prodflow_orders (order_type, status, due, id);
CREATE INDEX prodflow_orders_by_vendor ON prodflow_orders (vendor, due, id);
CREATE INDEX prodflow_orders_open ON prodflow_orders (due, id) WHERE is_open;
CREATE TABLE prodflow_outbox (
    order_id TEXT COLLATE "C" NOT NULL,
    trigger_key TEXT COLLATE "C" NOT NULL,
    slot_visit INTEGER NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    visit INTEGER NOT NULL,
    fire_on TEXT COLLATE "C" NOT NULL,
    dated BOOLEAN NOT NULL,
    while_in_status BOOLEAN NOT NULL,
    automatic BOOLEAN NOT NULL,
    closed BOOLEAN NOT NULL,
    leased_until BIGINT,
    data TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (order_id, trigger_key, slot_visit)
);
CREATE UNIQUE INDEX prodflow_outbox_id ON prodflow_outbox (id) WHERE NOT closed;
CREATE INDEX prodflow_outbox_pending ON prodflow_outbox (fire_on, id) WHERE NOT closed;
CREATE TABLE prodflow_schema (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);

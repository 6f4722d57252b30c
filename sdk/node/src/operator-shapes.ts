import { decimal, flag, integer, list, model, Shape, text, time } from './shape.js';
import type * as access from './types/access.js';
import type * as operator from './types/operator.js';

const auditActor = new Shape<access.AuditActor>('AuditActor', {
  kind: text,
  id: text,
  name: text,
});

const auditChange = new Shape<access.AuditChange>('AuditChange', {
  field: text,
  before: text,
  after: text,
});

export const auditEntry = new Shape<access.AuditEntry>('AuditEntry', {
  id: text,
  action: text,
  object: text,
  actor: model(auditActor),
  mode: text,
  changes: list(model(auditChange)),
  address: text,
  userAgent: text,
  createdAt: time,
});

export const apiKey = new Shape<access.ApiKey>('ApiKey', {
  id: text,
  name: text,
  mode: text,
  prefix: text,
  scopes: list(text),
  status: text,
  createdBy: text,
  createdAt: time,
  lastUsedAt: time,
  lastUsedFrom: text,
  expiresAt: time,
  revokedAt: time,
  secret: text.hidden,
  replaces: text,
});

export const loggedRequest = new Shape<access.LoggedRequest>('LoggedRequest', {
  id: text,
  method: text,
  path: text,
  operation: text,
  status: integer,
  error: text,
  reason: text,
  durationMs: integer,
  keyId: text,
  keyName: text,
  address: text,
  userAgent: text,
  replayed: flag,
  sampled: integer,
  createdAt: time,
});

const carrierCheck = new Shape<operator.CarrierCheck>('CarrierCheck', {
  name: text,
  ok: flag,
  note: text,
});

export const carrierTest = new Shape<operator.CarrierTest>('CarrierTest', {
  carrier: text,
  ok: flag,
  checks: list(model(carrierCheck)),
  tookMs: integer,
});

const routeStep = new Shape<operator.RouteStep>('RouteStep', {
  channel: text,
  carrier: text,
  kind: text,
  credits: integer,
  unit: text,
  cost: integer,
  waitSeconds: decimal,
  receipts: flag,
  chosen: text,
  first: decimal,
  timeToVerifySeconds: decimal,
  state: text,
  trouble: list(text),
});

const routeLeftOut = new Shape<operator.RouteLeftOut>('RouteLeftOut', {
  channel: text,
  carrier: text,
  why: text,
});

export const routePlan = new Shape<operator.RoutePlan>('RoutePlan', {
  to: text,
  country: text,
  type: text,
  mode: text,
  problem: text,
  testNumber: flag,
  credits: integer,
  steps: list(model(routeStep)),
  leftOut: list(model(routeLeftOut)),
});

const instanceNode = new Shape<operator.InstanceNode>('InstanceNode', {
  id: text,
  name: text,
  state: text,
  version: text,
  seenAt: time,
});

export const instance = new Shape<operator.Instance>('Instance', {
  version: text,
  database: text,
  startedAt: time,
  nodes: list(model(instanceNode)),
  queued: integer,
  diskFreeBytes: integer,
  accounts: integer,
});

export const accountSummary = new Shape<operator.AccountSummary>('AccountSummary', {
  id: text,
  name: text,
  credits: integer,
  held: integer,
  createdAt: time,
});

export const createdAccount = new Shape<operator.CreatedAccount>('CreatedAccount', {
  id: text,
  name: text,
  credits: integer,
  callbackSecret: text.hidden,
  testCallbackSecret: text.hidden,
});

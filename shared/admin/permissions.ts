/** Who of the shop's people may do what. A route names one permission; a role is a list of them. */

export const roles = ['owner', 'catalogue', 'orders', 'finance', 'auditor'] as const

export type Role = (typeof roles)[number]

/** Everything that somebody may be allowed. `self`: what each of the shop's people does with an own account. */
export const permissions = [
  'self',
  'people',
  'audit.read',
  'catalogue.read',
  'catalogue.write',
  'stock.write',
  'stock.approve',
  'feeds.write',
  'pictures.write',
  'orders.read',
  'orders.ship',
  'orders.cancel',
  'cases.read',
  'cases.decide',
  'cases.release',
  'money.read',
  'money.write',
  'money.release',
  'export',
] as const

export type Permission = (typeof permissions)[number]

/** `rolePermissions[role]`: what that role may do. Nobody but the owner looks after people. */
export const rolePermissions: Readonly<Record<Role, readonly Permission[]>> = {
  owner: permissions,
  catalogue: [
    'self',
    'catalogue.read',
    'catalogue.write',
    'stock.write',
    'stock.approve',
    'feeds.write',
    'pictures.write',
  ],
  orders: [
    'self',
    'catalogue.read',
    'orders.read',
    'orders.ship',
    'orders.cancel',
    'cases.read',
    'cases.decide',
  ],
  finance: [
    'self',
    'catalogue.read',
    'orders.read',
    'cases.read',
    'cases.release',
    'money.read',
    'money.write',
    'money.release',
    'export',
  ],
  auditor: ['self', 'audit.read', 'catalogue.read', 'orders.read', 'cases.read', 'money.read'],
}

/** Is this allowed to that role? */
export function isAllowed(role: Role, permission: Permission): boolean {
  return rolePermissions[role].includes(permission)
}

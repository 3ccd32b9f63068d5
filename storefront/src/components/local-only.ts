/**
 * What exists in local work only. In a production build `__LOCAL__` is false: both are undefined, and the
 * bundler drops the components with everything that they import.
 */
import { defineAsyncComponent } from 'vue'

/** Plays the shopper's phone on the payment page. */
export const SimulatePay = __LOCAL__ ? defineAsyncComponent(() => import('./simulate-pay.vue')) : undefined
/** Offers the demo account on the login page. */
export const DemoLogin = __LOCAL__ ? defineAsyncComponent(() => import('./demo-login.vue')) : undefined
/** Leads to the SMS inbox on the registration page. */
export const SmsInbox = __LOCAL__ ? defineAsyncComponent(() => import('./sms-inbox.vue')) : undefined

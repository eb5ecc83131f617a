/**
 * The names of the notifications as a list.
 * Owns: nothing but that list, made from NOTIFICATIONS. Does not own: the notifications (notifications.ts).
 */
import { NOTIFICATIONS, type NotificationType } from "./notifications.ts";

export const NOTIFICATION_TYPES = Object.keys(NOTIFICATIONS) as readonly NotificationType[];

/**
 * A button that can be of no use for a while, and keeps the focus meanwhile: one that is `disabled` loses it, and whoever has no
 * pointer is nowhere then.
 * Owns: that. Does not own: its look (the style sheets).
 */
import type { ComponentProps } from "preact";

interface SteadyButtonProps extends Omit<ComponentProps<"button">, "type" | "disabled" | "onClick"> {
  /** It does nothing, and says so. */
  readonly isIdle: boolean;
  readonly onClick: () => void;
}

export function SteadyButton({ isIdle, onClick, ...rest }: SteadyButtonProps) {
  return (
    <button
      type="button"
      aria-disabled={isIdle}
      onClick={() => {
        if (!isIdle) onClick();
      }}
      {...rest}
    />
  );
}

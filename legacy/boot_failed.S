/*
 * boot_failed.S - how the first code from a medium says why it stops. Included where there is room for it.
 *
 * Prints "Janus", a letter and two digits (boot_errors.h), and halts.
 *
 * in:       %cl = letter, %ch = status; CS = DS = ES = SS = 0, DF clear
 */
boot_failed:
	movb	%cl, letter
	movb	%ch, %al
	aam	$16				/* %ah = high digit, %al = low digit */
	movw	$digits, %di
	xchgb	%al, %ah
	call	store_digit
	movb	%ah, %al
	call	store_digit
	movw	$message, %si
1:	lodsb
	testb	%al, %al
	jz	halt
	movb	$0x0e, %ah			/* teletype: %al, page %bh, colour %bl */
	movw	$7, %bx
	pushw	%si				/* scrolling spoils %bp on some BIOSes, we use none */
	int	$0x10
	popw	%si
	jmp	1b
halt:
	cli
	hlt
	jmp	halt

/*
 * in:       %al = 0..15, %di = where its ASCII digit goes
 * out:      %di + 1
 * clobbers: %al
 */
store_digit:
	cmpb	$10, %al
	sbbb	$0x69, %al
	das
	stosb
	ret

message:
	.ascii	"Janus "
letter:
	.ascii	"? "
digits:
	.ascii	"??"
	.byte	0

# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
# bash completion for spinctl(8)

# Names of what is loaded: the first column of a listing.
_spinctl_names()
{
	spinctl "$1" list 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_spinctl_reply()
{
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "$cur")
}

_spinctl_files()
{
	compopt -o filenames 2>/dev/null
	mapfile -t COMPREPLY < <(compgen -f -X '!*.bpf.o' -- "$cur"
				 compgen -d -- "$cur")
}

# NAME=KIND:WHAT. Readline breaks words at '=' and ':': it replaces only what
# follows the last of them.
_spinctl_grant()
{
	local whole=$1 what

	case $whole in
	*=file:*)
		what=${whole#*=file:}
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$what")
		;;
	*=framebuffer:*)
		what=${whole#*=framebuffer:}
		mapfile -t COMPREPLY < <(compgen -G '/dev/dri/card*' |
					 grep -F -- "$what")
		;;
	*=*)
		what=${whole#*=}
		compopt -o nospace 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -W 'file: udp: framebuffer:' -- "$what")
		;;
	esac
}

# The word the cursor is in, with the '=' and ':' that readline broke it at.
_spinctl_whole_word()
{
	local line=${COMP_LINE:0:COMP_POINT}

	printf '%s' "${line##*[[:space:]]}"
}

_spinctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} whole word previous='' skip=
	local -a words=()
	local options='--grant --set --json --pretty --debug --version --help'

	COMPREPLY=()
	whole=$(_spinctl_whole_word)
	# The words before this one, options and their values left out.
	local before=${COMP_LINE:0:COMP_POINT - ${#whole}}
	for word in ${before#*[[:space:]]}; do
		previous=$word
		if [[ $skip ]]; then
			skip=
		elif [[ $word == -g || $word == -s || $word == --grant || $word == --set ]]; then
			skip=1
		elif [[ $word != -* ]]; then
			words+=("$word")
		fi
	done

	case $previous in
	-g | --grant)
		_spinctl_grant "$whole"
		return
		;;
	-s | --set)
		return
		;;
	esac
	if [[ $cur == -* ]]; then
		_spinctl_reply "$options"
		return
	fi

	case "${words[*]}" in
	'')
		_spinctl_reply 'ext event binding load unload doctor version help'
		;;
	help)
		_spinctl_reply 'ext event binding load unload doctor version'
		;;
	ext)
		_spinctl_reply 'list show load unload help'
		;;
	event)
		_spinctl_reply 'list show help'
		;;
	binding)
		_spinctl_reply 'list help'
		;;
	load | 'ext load')
		_spinctl_files
		;;
	unload | 'ext unload' | 'ext show')
		_spinctl_reply "$(_spinctl_names ext)"
		;;
	'event show')
		_spinctl_reply "$(_spinctl_names event)"
		;;
	esac
}

complete -F _spinctl spinctl

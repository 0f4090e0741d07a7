#!/bin/sh
# Stands for vivado, vitis_hls, vitis-run, v++ and vivado_hls: says its release, records its arguments, leaves what the
# plan in its folder expects. FAKE_FAIL: a word of its arguments with which it fails; FAKE_SILENT: a result that it does
# not leave; FAKE_DESIGN: the design that its manifest names; FAKE_RELEASE_<name>: its release.
name=$(basename "$0")
case $name in
    vivado) release=${FAKE_RELEASE_VIVADO:-2023.2} ;;
    *) release=${FAKE_RELEASE_HLS:-2023.2} ;;
esac
case $1 in
    -version | --version)
        case $name in
            vivado)
                # Since 2024.1 in small letters.
                case $release in
                    201* | 2020* | 2021* | 2022* | 2023*) printf 'Vivado v%s (64-bit)\nSW Build 4029153 on Fri Oct 13 20:13:54 MDT 2023\n' "$release" ;;
                    *) printf 'vivado v%s (64-bit)\nTool Version Limit: 2025.05\nSW Build 6140274 on Thu May 22\n' "$release" ;;
                esac
                ;;
            vivado_hls) printf '\n****** Vivado(TM) HLS - High-Level Synthesis from C, C++ and SystemC v%s (64-bit)\n  **** SW Build 2258646\n  **** IP Build 2256618\n    ** Copyright 1986-2018 Xilinx, Inc. All Rights Reserved.\n\n' "$release" ;;
            vitis_hls) printf '\n****** Vitis HLS - High-Level Synthesis from C, C++ and OpenCL v%s (64-bit)\n  **** SW Build 3670227 on Oct 13 2022\n  **** IP Build 3669848\n    ** Copyright 1986-2022 Xilinx, Inc. All Rights Reserved.\n\n' "$release" ;;
            *) printf '\n****** %s v%s (64-bit)\n  **** SW Build 5074859 on 2024-05-20-23:21:20\n    ** Copyright 1986-2022 Xilinx, Inc. All Rights Reserved.\n\n' "$name" "$release" ;;
        esac
        exit 0
        ;;
esac
printf '%s' "$name" >>"$FAKE_RECORD"
printf ' %s' "$@" >>"$FAKE_RECORD"
printf '\n' >>"$FAKE_RECORD"
echo "$name says hello"
for word in "$@"; do
    if [ "$word" = "${FAKE_FAIL:-}" ]; then
        echo "ERROR: [Fake 1-1] failed on purpose" >&2
        exit 7
    fi
done
sed -n 's/^sf_need //p' commands.sh | while read -r wanted; do
    if [ "$wanted" != "${FAKE_SILENT:-}" ]; then
        mkdir -p "$(dirname "$wanted")"
        echo "$name" >"$wanted"
    fi
done
printf '{"design_id": "%s"}\n' "$FAKE_DESIGN" >manifest.json
echo log >"$name.log"
